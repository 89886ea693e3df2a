// All functions of text: every scalar value, every unit, every short sequence; every length, alignment, room and place
// of an error, for each script; random text.
#include "test.h"

using namespace u8t;

namespace u8t_test {
namespace {

constexpr char32_t kSurrogates = 0xD800;
constexpr char32_t kBehindSurrogates = 0xE000;

// Four vectors of the longest, and one byte.
constexpr size_t kLongest = 4 * 64 + 1;

// Five scripts by the bytes that their characters have, and a mixture of them.
constexpr size_t kScripts = 6;
struct Text {
  Bytes utf8, latin1;
  Units utf16;
  Text(size_t script, size_t length) {
    static const char32_t kStarts[] = {'a', 0xE9, 0x430, 0x4E00, 0x1F300};
    set_dice(script);
    reference::Sequences characters;
    for (size_t i = 0; i < length; i++) {
      const char32_t start = kStarts[script < 5 ? script : below(5)];
      characters.push_back({1, true, start + static_cast<char32_t>(below(15))});
      latin1.push_back(static_cast<uint8_t>(characters.back().code));
    }
    utf8 = reference::to_utf8(characters).units;
    utf16 = reference::to_utf16(characters).units;
  }
};

template <typename T>
std::vector<T> prefix(const std::vector<T>& text, size_t length) {
  return {text.begin(), text.begin() + static_cast<ptrdiff_t>(length)};
}
// `text` with `part` in it, at `place`.
template <typename T>
std::vector<T> with(std::vector<T> text, size_t place, const std::vector<T>& part) {
  text.insert(text.begin() + static_cast<ptrdiff_t>(place), part.begin(), part.end());
  return text;
}

Bytes bytes_of(const Units& units) {
  Bytes bytes(2 * units.size());
  if (!units.empty()) memcpy(bytes.data(), units.data(), bytes.size());
  return bytes;
}

// The functions that take UTF-8, UTF-16 and Latin-1, at the one alignment.
void check_utf8(Target target, const Bytes& text, size_t shift) {
  const Shifts shifts{shift, shift * 6 % 64};
  expect(check_find_invalid(target, text, shift), target, text);
  expect(check_ascii_prefix(target, text, shift), target, text);
  expect(check_census(target, text, shift), target, text);
  expect(check_utf8_to_utf16(target, text, Malformed::kReplace, shifts), target, text);
  expect(check_utf8_to_utf16(target, text, Malformed::kIgnore, shifts), target, text);
  expect(check_utf8_to_latin1(target, text, shifts), target, text);
  expect(check_count_text(target, text, shift), target, text);
  expect(check_sample_offsets(target, text, 64 + shift / 32 * 64, shift), target, text);
}
void check_utf16(Target target, const Units& text, size_t shift) {
  const Shifts shifts{shift / 2 * 2, shift * 5 % 64};
  expect(check_utf16_to_utf8(target, text, 3 * text.size(), shifts), target, bytes_of(text));
  expect(check_utf8_length_of_utf16(target, text, shifts.in), target, bytes_of(text));
  expect(check_find_zero(target, text, shifts.in), target, bytes_of(text));
}
void check_latin1(Target target, const Bytes& text, size_t shift) {
  expect(check_latin1_to_utf8(target, text, 2 * text.size(), {shift, shift * 5 % 64}), target, text);
  expect(check_utf8_length_of_latin1(target, text, shift), target, text);
}

// All scalar values and all units, one behind the other, alone and between others of each kind.
void test_characters(Target target, bool quick) {
  constexpr size_t kTogether = 97;
  for (const char32_t between : {0U, 0x61U, 0xE9U, 0x4E00U, 0x1F600U}) {
    if (quick && between > 0x61) break;
    for (char32_t code = 0; code <= 0x10FFFF;) {
      reference::Sequences text;
      const size_t shift = code % 64;
      for (size_t i = 0; i < kTogether && code <= 0x10FFFF; i++, code += quick && code > 0x1FFFF ? 97 : 1) {
        if (code == kSurrogates) code = kBehindSurrogates;
        text.push_back({1, true, code});
        if (between != 0) text.push_back({1, true, between});
      }
      const Bytes bytes = reference::to_utf8(text).units;
      expect(check_utf8_to_utf16(target, bytes, Malformed::kReplace, {shift, 0}), target, bytes);
      expect(check_utf8_to_latin1(target, bytes, {shift, 0}), target, bytes);
      check_utf16(target, reference::to_utf16(text).units, shift);
    }
  }
  for (const char32_t between : {0U, 0x61U, 0x4E00U, 0xD83DU, 0xDE00U}) {
    Units text;
    for (uint32_t unit = 0; unit <= 0xFFFF; unit++) {
      text.push_back(static_cast<char16_t>(unit));
      if (between != 0) text.push_back(static_cast<char16_t>(between));
      if (unit % kTogether != kTogether - 1 && unit != 0xFFFF) continue;
      check_utf16(target, text, unit % 64);
      text.clear();
    }
  }
}

// Words of four units between units of one byte or of three, at the edges of vectors and of the text.
void test_utf16_words(Target target, bool quick) {
  static const Units kFew = {0x61, 0x7FF, 0x800, 0xD800, 0xDBFF, 0xDC00, 0xDFFF};
  static const Units kMany = {0x61, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xE000, 0xFFFF};
  const Units& units = quick ? kFew : kMany;
  constexpr size_t kLength = 70;
  for (const size_t place : {0, 1, 5, 6, 7, 8, 13, 14, 15, 16, 29, 30, 31, 32, 61, 62, 63, 64, 65, 66}) {
    Units text(kLength, place % 2 == 0 ? u'a' : u'\u4E00');
    for (size_t word = 0; word < units.size() * units.size() * units.size() * units.size(); word++) {
      size_t rest = word;
      for (size_t i = 0; i < 4; i++, rest /= units.size()) text[place + i] = units[rest % units.size()];
      expect(check_utf16_to_utf8(target, text, 3 * kLength, {0, 0}), target, bytes_of(text));
    }
  }
}

// Words of four bytes at edges of vectors and of the text: those of boundary bytes as the whole function takes them …
void test_utf8_words(Target target, bool quick) {
  constexpr size_t kLength = 72;
  const Kernels& kernels = *kernels_for(target);
  for (const size_t place : {size_t{61}, size_t{0}, kLength - 4}) {
    Bytes text(kLength, 'a');
    for_each_word(true, [&](const uint8_t* word) {
      memcpy(text.data() + place, word, 4);
      for (const Malformed malformed : {Malformed::kReplace, Malformed::kIgnore}) {
        char16_t expected[kLength];
        char16_t actual[kLength];
        const size_t units = utf8_to_utf16(*kScalarKernels, text.data(), kLength, expected, malformed);
        const size_t written = utf8_to_utf16(kernels, text.data(), kLength, actual, malformed);
        const bool same = units == written && memcmp(expected, actual, written * sizeof(char16_t)) == 0;
        if (!same) expect({"utf8_to_utf16: word", place}, target, text);
      }
      const TextCounts a = count_text(*kScalarKernels, text.data(), kLength);
      const TextCounts b = count_text(kernels, text.data(), kLength);
      const bool same = a.code_points == b.code_points && a.utf16_units == b.utf16_units;
      if (!same) expect({"count_text: word", place}, target, text);
    });
    if (quick) break;
  }
}

// … and all of them as the kernel takes them: it may stop early, but what it reads the plain code reads alike.
void test_utf8_kernel(Target target) {
  constexpr size_t kLength = 72;
  constexpr size_t kPlace = 61;
  Bytes text(kLength, 'a');
  const auto kernel = kernels_for(target)->utf8_to_utf16;
  for_each_word(false, [&](const uint8_t* word) {
    char16_t expected[kLength];
    char16_t actual[kLength];
    memcpy(text.data() + kPlace, word, 4);
    const Transcoded done = kernel(text.data(), kLength, actual);
    const size_t units = utf8_to_utf16(*kScalarKernels, text.data(), done.read, expected, Malformed::kReplace);
    const bool same = units == done.written && memcmp(expected, actual, units * sizeof(char16_t)) == 0;
    if (!same) expect({"utf8_to_utf16: kernel", done.read}, target, text);
  });
}

// Every length up to four vectors and one, at alignments.
void test_lengths(Target target, bool quick) {
  for (size_t script = 0; script < kScripts; script++) {
    const Text text(script, kLongest);
    for (size_t length = 0; length <= kLongest; length++) {
      for (size_t shift = length % 5; shift < 64; shift += quick ? 13 : 1) {
        check_utf8(target, prefix(text.utf8, length), shift);
        check_latin1(target, prefix(text.latin1, length), shift);
        if (length <= kLongest / 2) check_utf16(target, prefix(text.utf16, length), shift);
      }
    }
  }
}

// Every room, from none to more than is needed.
void test_rooms(Target target, bool quick) {
  for (size_t script = 0; script < kScripts; script++) {
    const Text text(script, kLongest);
    for (size_t length = 0; length <= kLongest / 2; length += quick ? 7 : 1) {
      const Units utf16 = prefix(text.utf16, length);
      const Bytes latin1 = prefix(text.latin1, length);
      for (size_t room = 0; room <= 3 * length + 1; room++) {
        expect(check_utf16_to_utf8(target, utf16, room, {0, room % 64}), target, bytes_of(utf16));
      }
      for (size_t room = 0; room <= 2 * length + 1; room++) {
        expect(check_latin1_to_utf8(target, latin1, room, {0, room % 64}), target, latin1);
      }
    }
  }
}

// Something ill-formed at every place of a text; in UTF-16 a zero, too.
void test_errors(Target target, bool quick) {
  static const Bytes kIllFormed[] = {{0x80},       {0xC0, 0x80},       {0xC2},       {0xE0, 0x80},
                                     {0xE1, 0x80}, {0xED, 0xA0, 0x80}, {0xF0, 0x80}, {0xF1, 0x80, 0x80},
                                     {0xF4, 0x90}, {0xF8, 0x88},       {0xFF}};
  static const Units kOdd[] = {{0},      {0xD800}, {0xDBFF},         {0xDC00},
                               {0xDFFF}, {0xDC00, 0xD800}, {0xD800, 0xD800, 0xDC00}};
  for (size_t script = 0; script < kScripts; script++) {
    const Text text(script, kLongest);
    for (size_t place = 0; place <= kLongest; place += quick ? 3 : 1) {
      for (const Bytes& error : kIllFormed) {
        check_utf8(target, with(prefix(text.utf8, kLongest), place, error), place % 64);
      }
      if (place > kLongest / 2) continue;
      for (const Units& error : kOdd) {
        check_utf16(target, with(prefix(text.utf16, kLongest / 2), place, error), place % 64);
      }
    }
  }
}

void test_random(Target target, bool quick) {
  for (uint64_t i = 0; i < (quick ? 1000 : 5000); i++) {
    set_dice(i);
    const Bytes text = random_text(below(8) == 0 ? below(6000) : below(600));
    Units units = reference::to_utf16(reference::from_utf8(text)).units;
    const size_t rate = 1 + below(200);
    for (char16_t& unit : units) {
      if (below(rate) == 0) unit = static_cast<char16_t>(0xD800 + below(0x800));
    }
    const Shifts shifts{2 * below(32), below(64)};
    const size_t room = below(3 * units.size() + 1);
    check_utf8(target, text, shifts.out);
    check_latin1(target, text, shifts.out);
    check_utf16(target, units, shifts.in);
    expect(check_utf16_to_utf8(target, units, room, shifts), target, bytes_of(units));
    expect(check_latin1_to_utf8(target, text, below(2 * text.size() + 1), shifts), target, text);
  }
}

}  // namespace

void test_text(Target target, bool quick) {
  // What the plain code gets wrong it gets wrong in short texts, too.
  quick = quick || target == Target::kScalar;
  test_characters(target, quick);
  test_utf16_words(target, quick);
  test_utf8_words(target, quick);
  if (!quick) test_utf8_kernel(target);
  test_lengths(target, quick);
  test_rooms(target, quick);
  test_errors(target, quick);
  test_random(target, quick);
}

}  // namespace u8t_test
