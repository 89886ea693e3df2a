// Transcoding: the kernel's blocks, then the rest one character at a time. See transcode.h.
#include "transcode.h"

#include "kernels.h"
#include "utf8.h"

namespace u8t {
namespace {

constexpr char16_t kReplacement = 0xFFFD;
// So few bytes are done one character at a time sooner than a kernel has its constants.
constexpr size_t kShort = 24;

bool is_surrogate(char16_t unit) { return (unit & 0xF800) == 0xD800; }
bool is_high_surrogate(char16_t unit) { return (unit & 0xFC00) == 0xD800; }
bool is_low_surrogate(char16_t unit) { return (unit & 0xFC00) == 0xDC00; }

// The character at p, p < end: its code point (U+FFFD for a lone surrogate) and its code units.
struct Utf16Character {
  char32_t code;
  uint8_t length;
};
Utf16Character utf16_character_at(const char16_t* p, const char16_t* end) {
  const char16_t unit = *p;
  if (!is_surrogate(unit)) return {unit, 1};
  if (!is_high_surrogate(unit) || p + 1 == end || !is_low_surrogate(p[1])) return {kReplacement, 1};
  return {0x10000 + ((unit & 0x3FFU) << 10 | (p[1] & 0x3FFU)), 2};
}

size_t utf8_length_of(char32_t code) { return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4; }

uint8_t* write_utf8(char32_t code, uint8_t* out) {
  const auto tail = [code](unsigned shift) { return static_cast<uint8_t>(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    *out++ = static_cast<uint8_t>(code);
  } else if (code < 0x800) {
    *out++ = static_cast<uint8_t>(0xC0 | code >> 6);
    *out++ = tail(0);
  } else if (code < 0x10000) {
    *out++ = static_cast<uint8_t>(0xE0 | code >> 12);
    *out++ = tail(6);
    *out++ = tail(0);
  } else {
    *out++ = static_cast<uint8_t>(0xF0 | code >> 18);
    *out++ = tail(12);
    *out++ = tail(6);
    *out++ = tail(0);
  }
  return out;
}

// The code point of a well-formed character of `length` bytes.
char32_t code_point_of(const uint8_t* p, uint8_t length) {
  switch (length) {
    case 1:
      return p[0];
    case 2:
      return (p[0] & 0x1FU) << 6 | (p[1] & 0x3FU);
    case 3:
      return (p[0] & 0x0FU) << 12 | (p[1] & 0x3FU) << 6 | (p[2] & 0x3FU);
    default:
      return (p[0] & 0x07U) << 18 | (p[1] & 0x3FU) << 12 | (p[2] & 0x3FU) << 6 | (p[3] & 0x3FU);
  }
}

char16_t* write_utf16(char32_t code, char16_t* out) {
  if (code < 0x10000) {
    *out++ = static_cast<char16_t>(code);
  } else {
    *out++ = static_cast<char16_t>(0xD800 + ((code - 0x10000) >> 10));
    *out++ = static_cast<char16_t>(0xDC00 + (code & 0x3FF));
  }
  return out;
}

}  // namespace

Transcoded utf16_to_utf8(const Kernels& kernels, const char16_t* p, size_t length, uint8_t* out, size_t room) {
  Transcoded done = kernels.utf16_to_utf8(p, length, out, room);
  while (done.read < length) {
    const Utf16Character character = utf16_character_at(p + done.read, p + length);
    const size_t bytes = utf8_length_of(character.code);
    if (bytes > room - done.written) break;
    write_utf8(character.code, out + done.written);
    done.read += character.length;
    done.written += bytes;
  }
  return done;
}

Transcoded latin1_to_utf8(const Kernels& kernels, const uint8_t* p, size_t length, uint8_t* out, size_t room) {
  Transcoded done = kernels.latin1_to_utf8(p, length, out, room);
  while (done.read < length) {
    const size_t bytes = utf8_length_of(p[done.read]);
    if (bytes > room - done.written) break;
    write_utf8(p[done.read], out + done.written);
    done.read++;
    done.written += bytes;
  }
  return done;
}

size_t utf8_length_of_utf16(const Kernels& kernels, const char16_t* p, size_t length) {
  Transcoded done = kernels.utf8_length_of_utf16(p, length);
  while (done.read < length) {
    const Utf16Character character = utf16_character_at(p + done.read, p + length);
    done.read += character.length;
    done.written += utf8_length_of(character.code);
  }
  return done.written;
}

size_t utf8_length_of_latin1(const Kernels& kernels, const uint8_t* p, size_t length) {
  Transcoded done = kernels.utf8_length_of_latin1(p, length);
  for (; done.read < length; done.read++) done.written += utf8_length_of(p[done.read]);
  return done.written;
}

size_t utf8_to_utf16(const Kernels& kernels, const uint8_t* p, size_t length, char16_t* out, Malformed malformed) {
  const uint8_t* const end = p + length;
  char16_t* to = out;
  while (p < end) {
    const size_t left = static_cast<size_t>(end - p);
    const Transcoded done = left < kShort ? Transcoded{} : kernels.utf8_to_utf16(p, left, to);
    p += done.read;
    to += done.written;
    // The kernel stopped in front of an error or the end: on to behind the next error.
    for (bool well_formed = true; p < end && well_formed;) {
      const Character character = character_at(p, end);
      well_formed = character.reason == Reason::kNone;
      if (well_formed) {
        to = write_utf16(code_point_of(p, character.length), to);
      } else if (malformed == Malformed::kReplace) {
        *to++ = kReplacement;
      }
      p += character.length;
    }
  }
  return static_cast<size_t>(to - out);
}

Transcoded utf8_to_latin1(const Kernels& kernels, const uint8_t* p, size_t length, uint8_t* out) {
  Transcoded done = kernels.utf8_to_latin1(p, length, out);
  while (done.read < length) {
    const Character character = character_at(p + done.read, p + length);
    if (character.reason != Reason::kNone || character.length > 2) break;
    const char32_t code = code_point_of(p + done.read, character.length);
    if (code > 0xFF) break;
    out[done.written++] = static_cast<uint8_t>(code);
    done.read += character.length;
  }
  return done;
}

TextCounts count_text(const Kernels& kernels, const uint8_t* p, size_t length) {
  const uint8_t* const end = p + length;
  TextCounts counts{};
  while (p < end) {
    p += kernels.count_text(p, static_cast<size_t>(end - p), counts);
    for (bool well_formed = true; p < end && well_formed;) {
      const Character character = character_at(p, end);
      well_formed = character.reason == Reason::kNone;
      counts.code_points++;
      counts.utf16_units += well_formed && character.length == 4 ? 2 : 1;
      p += character.length;
    }
  }
  return counts;
}

void sample_offsets(const Kernels& kernels, const uint8_t* p, size_t length, size_t every, uint32_t* samples) {
  uint32_t code_points = 0;
  uint32_t utf16_units = 0;
  for (size_t at = 0; at < length; at += every) {
    *samples++ = code_points;
    *samples++ = utf16_units;
    const size_t size = length - at < every ? length - at : every;
    const CharacterStarts starts = kernels.count_starts(p + at, size);
    code_points += static_cast<uint32_t>(starts.all);
    utf16_units += static_cast<uint32_t>(starts.all + starts.of_four);
  }
  *samples++ = code_points;
  *samples++ = utf16_units;
}

CharacterStarts count_starts_scalar(const uint8_t* p, size_t length) {
  CharacterStarts starts{};
  for (size_t i = 0; i < length; i++) {
    starts.all += is_continuation(p[i]) ? 0 : 1;
    starts.of_four += p[i] >= 0xF0 ? 1 : 0;
  }
  return starts;
}

}  // namespace u8t
