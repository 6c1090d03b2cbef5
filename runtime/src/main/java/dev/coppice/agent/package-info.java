@NullMarked
package dev.coppice.agent;

import org.jspecify.annotations.NullMarked;
