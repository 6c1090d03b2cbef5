/// What tests share: scratch repositories, the simulator, and one contract suite for each port.
/// Nothing here is used by the product itself.
@NullMarked
package dev.coppice.testkit;

import org.jspecify.annotations.NullMarked;
