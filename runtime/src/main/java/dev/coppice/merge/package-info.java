@NullMarked
package dev.coppice.merge;

import org.jspecify.annotations.NullMarked;
