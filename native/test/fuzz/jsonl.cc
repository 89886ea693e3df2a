// JsonlReader::frame: lines of anything, in any pieces, with simdjson's kernels of each target.
#include "fuzz.h"

void u8t_test::fuzz(Input& input) {
  static const uint8_t kText[] = {4, 0, 0, 0, 't', 'e', 'x', 't'};
  static const uint8_t kNested[] = {1, 0, 0, 0, 'a', 1, 0, 0, 0, 'b'};
  const u8t::JsonPath path =
      input.ConsumeBool() ? u8t::JsonPath{kText, sizeof kText} : u8t::JsonPath{kNested, sizeof kNested};
  const Bytes separator{'\n'};
  const u8t::FrameOptions options = frame_options_of(input, separator);
  const Choose choose = choices_of(input);
  const Bytes lines = text_of(input);
  on_every_target([&](u8t::Target target) { return check_jsonl(target, options, path, lines, choose); });
}
