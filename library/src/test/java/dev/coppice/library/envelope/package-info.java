/// Tests of the envelope room.
@org.jspecify.annotations.NullMarked
package dev.coppice.library.envelope;
