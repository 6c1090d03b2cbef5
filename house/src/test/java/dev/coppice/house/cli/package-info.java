/// The program as its users start it: real processes in real repositories.
@NullMarked
package dev.coppice.house.cli;

import org.jspecify.annotations.NullMarked;
