@NullMarked
package dev.coppice.attempt;

import org.jspecify.annotations.NullMarked;
