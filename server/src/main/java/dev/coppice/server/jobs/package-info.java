/// What every door of the server does about jobs: reads what is ordered ([OrderReader]), starts and finds jobs ([Jobs]),
/// keeps them for who looks often ([Views]), and says what is wrong with a call ([Fault]).
///
/// Absent: no protocol. How a call comes in, and who calls, is the business of the rooms beside this one.
@org.jspecify.annotations.NullMarked
package dev.coppice.server.jobs;
