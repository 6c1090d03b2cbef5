/// The pure heart: nouns, plan checks, scheduling, reports, and the loop with its ports. It
/// requires nothing but the JDK's base module; that absence is the proof that it is pure.
module dev.coppice.core {
    requires static org.jspecify;

    exports dev.coppice.engine;
    exports dev.coppice.model;
    exports dev.coppice.plan;
    exports dev.coppice.report;
    exports dev.coppice.schedule;
}
