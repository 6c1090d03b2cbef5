@NullMarked
package dev.coppice.process;

import org.jspecify.annotations.NullMarked;
