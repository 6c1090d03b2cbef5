@NullMarked
package dev.coppice.model;

import org.jspecify.annotations.NullMarked;
