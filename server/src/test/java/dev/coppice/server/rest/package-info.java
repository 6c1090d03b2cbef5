@NullMarked
package dev.coppice.server.rest;

import org.jspecify.annotations.NullMarked;
