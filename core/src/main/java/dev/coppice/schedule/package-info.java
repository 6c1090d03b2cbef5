@NullMarked
package dev.coppice.schedule;

import org.jspecify.annotations.NullMarked;
