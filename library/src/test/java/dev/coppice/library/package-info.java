/// Tests of all three rooms of the library.
@NullMarked
package dev.coppice.library;

import org.jspecify.annotations.NullMarked;
