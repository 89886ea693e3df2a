// sample_offsets of any bytes, and of well-formed text.
#include "fuzz.h"

void u8t_test::fuzz(Input& input) {
  const size_t shift = shift_of(input);
  const size_t every = 64 * (1 + below(input, 8));
  const Bytes text = text_of(input);
  const Bytes mended = reference::to_utf8(reference::from_utf8(text)).units;
  on_every_target([&](u8t::Target target) {
    return first_of({check_sample_offsets(target, text, every, shift),
                     check_sample_offsets(target, mended, every, shift)});
  });
}
