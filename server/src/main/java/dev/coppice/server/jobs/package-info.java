/// What every door of the server does about jobs: reads what is ordered ([OrderReader]), starts and finds jobs ([Jobs]),
/// keeps them for who looks often ([Views]), and says what is wrong with a call ([Fault]).
///
/// Absent: how a call comes in, and who calls, is the business of the rooms beside this one. Of HTTP there are the statuses and
/// the problem document of a [Fault], by which every door tells the same errors.
@org.jspecify.annotations.NullMarked
package dev.coppice.server.jobs;
