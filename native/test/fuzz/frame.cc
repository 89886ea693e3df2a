// frame: any bytes under any options, in any pieces, with outputs down to the smallest.
#include "fuzz.h"

void u8t_test::fuzz(Input& input) {
  // A separator is well-formed, and has at least one byte.
  const Bytes raw = input.ConsumeBytes<uint8_t>(1 + below(input, 8));
  Bytes separator = reference::to_utf8(reference::from_utf8(raw)).units;
  if (separator.empty()) separator = {'\n'};
  const u8t::FrameOptions options = frame_options_of(input, separator);
  const Choose choose = choices_of(input);
  const Bytes text = text_of(input);
  on_every_target([&](u8t::Target target) { return check_frame(target, options, text, choose); });
}
