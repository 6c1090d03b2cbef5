/// Compares what people and agents read with files under `src/test/resources/golden`.
@NullMarked
package dev.coppice.golden;

import org.jspecify.annotations.NullMarked;
