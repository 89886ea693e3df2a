// Framing of text and of JSON lines: random documents under random options, in random pieces.
#include <string>

#include "test.h"

using namespace u8t;

namespace u8t_test {
namespace {

FrameOptions random_options(const std::string& separator) {
  return {static_cast<Unit>(below(4)),
          static_cast<ReservedPolicy>(below(6)),
          below(4) != 0,
          below(4) != 0,
          below(2) == 0,
          below(2) == 0,
          below(3) == 0 ? 2 + below(900) : 0x7FFFFFFF,
          reinterpret_cast<const uint8_t*>(separator.data()),
          separator.size()};
}

// Lines of JSON, some odd: keys that come twice, errors of all kinds, blank lines.
Bytes random_lines(size_t count) {
  static const std::string kBegin[] = {"{\"text\":\"",  "{\"a\":1, \"text\": \"", "{\"text\":3,\"text\":\"",
                                       "{\"text\":\"x\",\"text\":\"", "{\"other\":\"", "[\""};
  static const std::string kEnd[] = {"\"}", "\"}", "\"}  ", "\",\"n\":[1,2.5e3,null]}", "\"", "\\\"}"};
  Bytes lines;
  const auto append = [&](const auto& part) { lines.insert(lines.end(), part.begin(), part.end()); };
  for (size_t i = 0; i < count; i++) {
    if (below(8) != 0) {
      append(kBegin[below(4) == 0 ? below(6) : 0]);
      for (const uint8_t byte : random_text(below(10) == 0 ? below(3000) : below(100))) {
        // Most texts without what a string may not hold, so that most lines are whole.
        if (byte >= 0x20 && byte != '"' && byte != '\\') lines.push_back(byte);
        if (byte == '\n') append(std::string("\\n\\u0002\\ud83d\\ude00"));
      }
      append(kEnd[below(4) == 0 ? below(6) : 0]);
    }
    append(std::string(below(4) == 0 ? "\r\n" : "\n"));
  }
  return lines;
}

}  // namespace

void test_framing(Target target, bool quick) {
  static const std::string kSeparators[] = {"\n", "\n\n", "aa", "--", "\x01", "\xD0\xB0\xD0\xB1", "a\nb"};
  static const uint8_t kText[] = {4, 0, 0, 0, 't', 'e', 'x', 't'};
  const uint64_t cases = quick ? 3000 : 20000;
  for (uint64_t i = 0; i < cases; i++) {
    set_dice(i);
    const Bytes input = random_text(below(8) == 0 ? below(20000) : below(400));
    const FrameOptions options = random_options(kSeparators[below(7)]);
    expect(check_frame(target, options, input, below), target, input);
  }
  for (uint64_t i = 0; i < cases / 10; i++) {
    set_dice(i);
    const Bytes lines = random_lines(below(30));
    const FrameOptions options = random_options("\n");
    expect(check_jsonl(target, options, {kText, sizeof kText}, lines, below), target, lines);
  }
}

}  // namespace u8t_test
