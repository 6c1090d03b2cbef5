/// Tests of what the families of the library have in common.
@org.jspecify.annotations.NullMarked
package dev.coppice.library;
