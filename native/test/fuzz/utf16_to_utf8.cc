// UTF-16 to UTF-8, into any room, and how long it would be; find_zero.
#include "fuzz.h"

void u8t_test::fuzz(Input& input) {
  const Shifts shifts{2 * below(input, 32), shift_of(input)};
  const size_t room = input.ConsumeIntegral<uint16_t>();
  const Bytes bytes = text_of(input);
  Units text(bytes.size() / 2);
  if (!text.empty()) memcpy(text.data(), bytes.data(), 2 * text.size());
  on_every_target([&](u8t::Target target) {
    return first_of({check_utf16_to_utf8(target, text, room % (3 * text.size() + 2), shifts),
                     check_utf16_to_utf8(target, text, 3 * text.size(), shifts),
                     check_utf8_length_of_utf16(target, text, shifts.in), check_find_zero(target, text, shifts.in)});
  });
}
