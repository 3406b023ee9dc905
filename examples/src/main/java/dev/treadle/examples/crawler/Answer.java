package dev.treadle.examples.crawler;

/// What came of a request.
sealed interface Answer {

    /// The server answered.
    ///
    /// @param status the status code
    /// @param contentType the header; empty if there was none
    /// @param location the header; empty if there was none
    /// @param body the bytes of the page
    @SuppressWarnings("ArrayRecordComponent") // never compared; a copy of each page would be waste
    record Received(int status, String contentType, String location, byte[] body)
            implements Answer {

        boolean isRedirect() {
            return status >= 300 && status < 400 && !location.isEmpty();
        }

        boolean isHtml() {
            return contentType.isEmpty() || contentType.contains("html");
        }
    }

    /// No answer, or none in time.
    ///
    /// @param reason why, for one line of the report
    record Failed(String reason) implements Answer {}
}
