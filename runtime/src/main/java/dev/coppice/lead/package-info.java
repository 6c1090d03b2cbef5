@NullMarked
package dev.coppice.lead;

import org.jspecify.annotations.NullMarked;
