/// Drives coding agents: one file for each kind of agent, launch line in, events and outcome out.
///
/// [dev.coppice.agent.Agents] is the door. An [dev.coppice.agent.Agent] says how its program is to be started and
/// reads what the program prints; nothing here starts an agent, kills one, or retries one, and no clock is read. The
/// only processes are short probes (is the program there, is it logged in). What an agent says is never believed
/// against its exit code. [dev.coppice.agent.ScriptedProgram] only lives here: it is a program of its own, which plays an
/// agent.
@NullMarked
package dev.coppice.agent;

import org.jspecify.annotations.NullMarked;
