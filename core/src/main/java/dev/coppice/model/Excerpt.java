package dev.coppice.model;

/// A part of a text that is too long to go on whole. No cut goes through a character: an emoji is two `char`s, and half of
/// one has no form in UTF-8, so that whoever writes or sends it fails or alters it.
///
/// @param text at most as many `char`s as were asked for
/// @param isCut whether it is less than the whole
public record Excerpt(String text, boolean isCut) {
    /// The beginning of a text.
    ///
    /// @param mark its last characters where it is cut; they count
    public static Excerpt beginning(String whole, int charsMax, String mark) {
        if (whole.length() <= charsMax) {
            return new Excerpt(whole, false);
        }
        int cut = charsMax - mark.length();
        return new Excerpt(
                whole.substring(0, isInCharacter(whole, cut) ? cut - 1 : cut) + mark, true);
    }

    /// The end of a text.
    public static Excerpt end(String whole, int charsMax) {
        int cut = whole.length() - charsMax;
        return cut <= 0
                ? new Excerpt(whole, false)
                : new Excerpt(whole.substring(isInCharacter(whole, cut) ? cut + 1 : cut), true);
    }

    /// The text, behind a mark where it is cut.
    public String after(String mark) {
        return isCut ? mark + text : text;
    }

    private static boolean isInCharacter(String text, int at) {
        return 0 < at
                && at < text.length()
                && Character.isSurrogatePair(text.charAt(at - 1), text.charAt(at));
    }
}
