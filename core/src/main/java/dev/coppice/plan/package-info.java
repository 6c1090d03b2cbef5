@NullMarked
package dev.coppice.plan;

import org.jspecify.annotations.NullMarked;
