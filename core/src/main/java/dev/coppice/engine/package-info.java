@NullMarked
package dev.coppice.engine;

import org.jspecify.annotations.NullMarked;
