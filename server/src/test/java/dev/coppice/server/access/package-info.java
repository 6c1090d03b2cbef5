@NullMarked
package dev.coppice.server.access;

import org.jspecify.annotations.NullMarked;
