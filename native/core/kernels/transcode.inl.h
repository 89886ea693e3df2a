// Placeholder.
inline Transcoded utf16_to_utf8(const char16_t*, size_t, uint8_t*, size_t) { return {}; }
inline Transcoded latin1_to_utf8(const uint8_t*, size_t, uint8_t*, size_t) { return {}; }
inline Transcoded utf8_length_of_utf16(const char16_t*, size_t) { return {}; }
inline Transcoded utf8_length_of_latin1(const uint8_t*, size_t) { return {}; }
inline Transcoded utf8_to_utf16(const uint8_t*, size_t, char16_t*) { return {}; }
inline Transcoded utf8_to_latin1(const uint8_t*, size_t, uint8_t*) { return {}; }
inline size_t count_text(const uint8_t*, size_t, TextCounts&) { return 0; }
inline CharacterStarts count_starts(const uint8_t* p, size_t length) { return count_starts_scalar(p, length); }
