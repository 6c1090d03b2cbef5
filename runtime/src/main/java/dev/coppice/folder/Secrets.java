package dev.coppice.folder;

import java.util.Collection;

/// The one place where secrets are taken out of text: everything that goes into logs, reports,
/// results and events passes [#mask]. Safe for use by many threads.
public final class Secrets {
    /// What stands where a secret stood.
    public static final String MASK = "***";

    /// @param known values that must never be shown (keys, tokens); short ones are ignored
    public Secrets(Collection<String> known) {}

    /// `text` with every known secret, and whatever has the form of a token, masked.
    public String mask(String text) {
        return text;
    }
}
