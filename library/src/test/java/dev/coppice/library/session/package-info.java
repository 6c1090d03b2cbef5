/// Tests of the room.
@org.jspecify.annotations.NullMarked
package dev.coppice.library.session;
