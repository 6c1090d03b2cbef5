/// Tests of the house as a whole: its floors, its documents, and the program as its users start it.
@NullMarked
package dev.coppice.house;

import org.jspecify.annotations.NullMarked;
