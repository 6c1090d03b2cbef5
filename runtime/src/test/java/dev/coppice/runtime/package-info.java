@NullMarked
package dev.coppice.runtime;

import org.jspecify.annotations.NullMarked;
