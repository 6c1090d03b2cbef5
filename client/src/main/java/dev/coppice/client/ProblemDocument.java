package dev.coppice.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/// An error, in the form of RFC 9457, which also carries `error` for readers of document 004.
///
/// @param type a URN that names the kind of error
/// @param title the kind in words
/// @param status the HTTP status
/// @param detail what is wrong, and what to do
/// @param error the same as `detail`
/// @param errors each single problem, with its place in the request; empty where there is only the one
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ProblemDocument(
        String type, String title, int status, String detail, String error, List<Item> errors) {
    public ProblemDocument {
        errors = List.copyOf(errors);
    }

    /// One problem.
    ///
    /// @param place such as `config.max_workers`
    public record Item(String place, String message) {}
}
