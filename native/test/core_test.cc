// Every target of this machine against the scalar one: validation, census, CRC-32 and framing. Exhaustive where the
// space allows it, seeded random beyond. The same program runs under an emulator for targets that the machine lacks.
//
//   core_test [--quick] [seed]     --quick: boundary bytes instead of all 4-byte sequences, for emulators
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "census.h"
#include "jsonl.h"
#include "kernels.h"
#include "utf8.h"
#include "validate.h"

using namespace u8t;

namespace {

uint64_t seed = 20261124;
uint64_t random_state = 0;
long checks = 0;

uint64_t next_random() {  // xorshift64*
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return random_state * 0x2545F4914F6CDD1DULL;
}
size_t below(size_t n) { return static_cast<size_t>(next_random() % n); }

[[noreturn]] void fail(const char* what, Target target, const std::vector<uint8_t>& input, size_t offset) {
  fprintf(stderr, "FAILED %s: target %s, seed %llu, length %zu, offset %zu\n", what,
          kTargetNames[static_cast<size_t>(target)], static_cast<unsigned long long>(seed), input.size(), offset);
  for (size_t i = 0; i < input.size() && i < 400; i++) fprintf(stderr, "%02x", input[i]);
  fprintf(stderr, "\n");
  exit(1);
}

void expect(bool fine, const char* what, Target target, const std::vector<uint8_t>& input, size_t offset = 0) {
  checks++;
  if (!fine) fail(what, target, input, offset);
}

void append_character(std::vector<uint8_t>& text, uint32_t code) {
  if (code < 0x80) {
    text.push_back(static_cast<uint8_t>(code));
  } else if (code < 0x800) {
    text.push_back(static_cast<uint8_t>(0xC0 | code >> 6));
    text.push_back(static_cast<uint8_t>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    text.push_back(static_cast<uint8_t>(0xE0 | code >> 12));
    text.push_back(static_cast<uint8_t>(0x80 | (code >> 6 & 0x3F)));
    text.push_back(static_cast<uint8_t>(0x80 | (code & 0x3F)));
  } else {
    text.push_back(static_cast<uint8_t>(0xF0 | code >> 18));
    text.push_back(static_cast<uint8_t>(0x80 | (code >> 12 & 0x3F)));
    text.push_back(static_cast<uint8_t>(0x80 | (code >> 6 & 0x3F)));
    text.push_back(static_cast<uint8_t>(0x80 | (code & 0x3F)));
  }
}

// Text of mixed scripts with line ends, reserved bytes and errors, each as dense as the dice say.
std::vector<uint8_t> random_text(size_t length) {
  static const uint32_t kStarts[] = {'a', 0x430, 0x4E00, 0x1F300, 0xE9, 0xD7F0, 0xFFF0, 0x10FFF0};
  static const size_t kRare[] = {3, 20, 100, 1000};
  const size_t line_rate = kRare[below(4)];
  const size_t control_rate = kRare[below(4)];
  const size_t error_rate = below(2) == 0 ? 0 : kRare[below(4)];
  const size_t script_rate = kRare[below(4)];
  uint32_t script = 'a';
  std::vector<uint8_t> text;
  while (text.size() < length) {
    if (below(script_rate) == 0) script = kStarts[below(8)];
    if (below(line_rate) == 0) {
      if (below(3) == 0) text.push_back('\r');
      if (below(4) != 0) text.push_back('\n');
    }
    if (below(control_rate) == 0) text.push_back(static_cast<uint8_t>(below(0x20)));
    if (error_rate != 0 && below(error_rate) == 0) text.push_back(static_cast<uint8_t>(0x80 + below(0x80)));
    append_character(text, script + static_cast<uint32_t>(below(15)));
  }
  text.resize(length);
  return text;
}

struct Framed {
  std::vector<uint8_t> bytes;
  std::vector<int32_t> lengths;
  std::vector<uint64_t> events;  // of refused documents: all that is said of them
  FrameState state{};
};

// A caller: hands the input in by pieces, keeps what is not used, empties the output now and then.
Framed run(const Kernels& kernels, const FrameOptions& options, const std::vector<uint8_t>& input, uint64_t dice) {
  Framed result;
  random_state = dice;
  const bool whole = below(3) == 0;
  std::vector<uint8_t> output(8192 + below(3));
  std::vector<int32_t> lengths(1024);
  FrameCursor cursor{};
  size_t used = 0;
  size_t given = whole ? input.size() : below(input.size() + 1);
  uint8_t* out = output.data();
  int32_t* length = lengths.data();
  for (;;) {
    // A piece of its own memory, at any alignment: a kernel that reads behind it meets the sanitizer.
    const size_t shift = below(64);
    std::vector<uint8_t> memory(shift + given - used);
    if (given > used) memcpy(memory.data() + shift, input.data() + used, given - used);
    const uint8_t* const piece = memory.data() + shift;
    const uint8_t* const piece_end = piece + (given - used);
    cursor = {piece, piece_end, output.data(), out, output.data() + output.size(), length,
              lengths.data() + lengths.size()};
    const bool final = given == input.size();
    const Status status = frame(kernels, options, result.state, cursor, final);
    used += static_cast<size_t>(cursor.in - piece);
    out = cursor.out;
    length = cursor.lengths;
    if (status != Status::kInputUsed || below(2) == 0) {
      result.bytes.insert(result.bytes.end(), output.data(), out);
      result.lengths.insert(result.lengths.end(), lengths.data(), length);
      out = output.data();
      length = lengths.data();
    }
    if (status == Status::kRejected) {
      result.bytes.resize(result.bytes.size() - result.state.take_back);
      result.events.insert(result.events.end(),
                           {used - result.state.terminator_length - result.state.document_input,
                            result.state.document_input, result.state.terminator_length,
                            static_cast<uint64_t>(result.state.reason), result.state.error_offset});
    }
    if (status == Status::kInputUsed) {
      if (final) break;
      given = used > given ? used : given;
      given += 1 + below(input.size() - given);
    }
  }
  result.bytes.insert(result.bytes.end(), output.data(), out);
  result.lengths.insert(result.lengths.end(), lengths.data(), length);
  return result;
}

void check_framing(Target target, int cases) {
  static const char* const kSeparators[] = {"\n", "\n\n", "aa", "--", "\x01", "\xD0\xB0\xD0\xB1", "a\nb"};
  for (int i = 0; i < cases; i++) {
    random_state = seed + static_cast<uint64_t>(i) * 7919 + 1;
    const std::vector<uint8_t> input = random_text(below(8) == 0 ? below(20000) : below(400));
    const char* separator = kSeparators[below(7)];
    const FrameOptions options{static_cast<Unit>(below(4)),
                               static_cast<ReservedPolicy>(below(6)),
                               below(4) != 0,
                               below(4) != 0,
                               below(2) == 0,
                               below(2) == 0,
                               below(3) == 0 ? 2 + below(900) : 0x7FFFFFFF,
                               reinterpret_cast<const uint8_t*>(separator),
                               strlen(separator)};
    const uint64_t dice = next_random() | 1;
    const Framed expected = run(*kernels_for(Target::kScalar), options, input, dice);
    const Framed actual = run(*kernels_for(target), options, input, dice * 3 | 1);
    size_t at = 0;
    while (at < expected.bytes.size() && at < actual.bytes.size() && expected.bytes[at] == actual.bytes[at]) at++;
    expect(expected.bytes == actual.bytes, "framed bytes", target, input, at);
    expect(expected.lengths == actual.lengths, "lengths", target, input);
    expect(expected.events == actual.events, "refused documents", target, input);
    const FrameState& a = expected.state;
    const FrameState& b = actual.state;
    expect(a.documents == b.documents && a.total.code_points == b.total.code_points &&
               a.total.reserved == b.total.reserved && a.total.replaced == b.total.replaced &&
               a.skipped_empty == b.skipped_empty && a.crlf == b.crlf && a.blank_lines == b.blank_lines,
           "totals", target, input);
  }
}

void check_census(Target target, int cases) {
  for (int i = 0; i < cases; i++) {
    random_state = seed + static_cast<uint64_t>(i) * 104729 + 1;
    const std::vector<uint8_t> input = random_text(below(8) == 0 ? below(6000) : below(600));
    const size_t shift = below(64);
    std::vector<uint8_t> memory(shift + input.size());
    if (!input.empty()) memcpy(memory.data() + shift, input.data(), input.size());
    const uint8_t* const p = memory.data() + shift;
    Census a{};
    Census b{};
    const size_t expected = census(*kernels_for(Target::kScalar), p, input.size(), a);
    const size_t actual = census(*kernels_for(target), p, input.size(), b);
    expect(expected == actual, "census error offset", target, input, actual);
    if (expected == kWellFormed) expect(memcmp(&a, &b, sizeof a) == 0, "census counts", target, input);
    const Invalid first = find_invalid(*kernels_for(target), p, input.size());
    expect(first.offset == expected, "find_invalid", target, input, first.offset);
  }
}

void check_crc(Target target) {
  random_state = seed;
  std::vector<uint8_t> input(3000);
  for (uint8_t& byte : input) byte = static_cast<uint8_t>(next_random());
  const uint8_t digits[] = "123456789";
  expect(~kernels_for(target)->crc32(digits, 9, ~0U) == 0xCBF43926, "crc32 check value", target, {});
  for (size_t length = 0; length < 2100; length++) {
    const size_t offset = length % 61;
    expect(kernels_for(target)->crc32(input.data() + offset, length, static_cast<uint32_t>(length)) ==
               crc32_scalar(input.data() + offset, length, static_cast<uint32_t>(length)),
           "crc32", target, input, length);
  }
}

// All words of four boundary bytes; all sequences of three bytes, and all of four with the leads F0–F7, each at a place
// where it crosses a block.
void check_sequences(Target target, bool quick) {
  static const uint8_t kBoundary[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xAF, 0xB0, 0xBF, 0xC0, 0xC1, 0xC2,
                                      0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
  std::vector<uint8_t> bytes(128, 'a');
  uint8_t* const at = bytes.data() + 61;
  const auto valid_prefix = kernels_for(target)->valid_prefix;
  const auto one = [&](uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
    checks++;
    at[0] = a, at[1] = b, at[2] = c, at[3] = d;
    const uint8_t* p = at;
    while (p < at + 4) {
      const Character character = character_at(p, bytes.data() + 128);
      if (character.reason != Reason::kNone) break;
      p += character.length;
    }
    const bool valid = p >= at + 4;
    if ((valid_prefix(bytes.data(), 128) == 128) != valid) fail("sequence", target, bytes, 61);
  };
  for (uint8_t a : kBoundary) {
    for (uint8_t b : kBoundary) {
      for (uint8_t c : kBoundary) {
        for (uint8_t d : kBoundary) one(a, b, c, d);
      }
    }
  }
  if (quick) return;
  for (uint32_t three = 0; three < 1U << 24; three++) {
    one(static_cast<uint8_t>(three >> 16), static_cast<uint8_t>(three >> 8), static_cast<uint8_t>(three), 'a');
  }
  for (uint32_t four = 0xF0000000; four < 0xF8000000; four++) {
    one(static_cast<uint8_t>(four >> 24), static_cast<uint8_t>(four >> 16), static_cast<uint8_t>(four >> 8),
        static_cast<uint8_t>(four));
  }
}

}  // namespace

int main(int argc, char** argv) {
  bool quick = false;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--quick") == 0) {
      quick = true;
    } else {
      seed = strtoull(argv[i], nullptr, 10);
    }
  }
  for (size_t i = 0; i < kTargetCount; i++) {
    const Target target = static_cast<Target>(i);
    if (kernels_for(target) == nullptr) continue;
    checks = 0;
    check_crc(target);
    check_census(target, quick ? 3000 : 20000);
    check_framing(target, quick ? 3000 : 20000);
    if (target != Target::kScalar) check_sequences(target, quick);
    printf("%-7s %ld checks\n", kTargetNames[i], checks);
    if (checks == 0) return 1;
  }
  return 0;
}
