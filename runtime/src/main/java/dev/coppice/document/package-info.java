/// What a person or an agent wrote in YAML or JSON, as a tree in which each value knows its place.
/// [Document] reads text into [Value]s, a [Form] says what a value must look like and turns it into
/// a Java type. Whoever reads a document can so tell all that is wrong with it at once, by line.
///
/// Absent: nothing here knows a key of ours, opens a file, or throws for bad input.
@NullMarked
package dev.coppice.document;

import org.jspecify.annotations.NullMarked;
