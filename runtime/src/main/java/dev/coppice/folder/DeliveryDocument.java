package dev.coppice.folder;

import dev.coppice.model.Integration.Delivery;
import java.util.Optional;

/// What became of a result that was asked to be merged.
record DeliveryDocument(
        String state,
        Optional<String> target,
        Optional<String> commit,
        Optional<String> why,
        Optional<String> command) {
    static DeliveryDocument of(Delivery delivery) {
        return switch (delivery) {
            case Delivery.NotAsked _ ->
                    new DeliveryDocument(
                            "not_asked",
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty());
            case Delivery.Delivered done ->
                    new DeliveryDocument(
                            "delivered",
                            Optional.of(done.target()),
                            Optional.of(done.commit().value()),
                            Optional.empty(),
                            Optional.empty());
            case Delivery.Refused refused ->
                    new DeliveryDocument(
                            "refused",
                            Optional.of(refused.target()),
                            Optional.empty(),
                            Optional.of(refused.why()),
                            Optional.of(refused.command()));
        };
    }
}
