/// The client of the REST API of document 004, and the records that go over the wire. Needs the JDK and a JSON
/// library; knows no other room.
@org.jspecify.annotations.NullMarked
package dev.coppice.client;
