/// Coppice for agents that speak the Model Context Protocol: its tools and resources, over whatever brings a message
/// here. [McpDoor] is the door; `tools.json` says to models what [Tools] does.
///
/// The official SDK is a guest of this room: it knows the protocol. Absent: no socket is opened here, nobody is let in
/// (a message comes with its [dev.coppice.server.access.Caller]), and no job is started otherwise than by
/// [dev.coppice.server.jobs.Jobs].
@org.jspecify.annotations.NullMarked
package dev.coppice.server.mcp;
