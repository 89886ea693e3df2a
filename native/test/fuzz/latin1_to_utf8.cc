// Latin-1 to UTF-8, into any room, and how long it would be.
#include "fuzz.h"

void u8t_test::fuzz(Input& input) {
  const Shifts shifts{shift_of(input), shift_of(input)};
  const size_t room = input.ConsumeIntegral<uint16_t>();
  const Bytes text = text_of(input);
  on_every_target([&](u8t::Target target) {
    return first_of({check_latin1_to_utf8(target, text, room % (2 * text.size() + 2), shifts),
                     check_latin1_to_utf8(target, text, 2 * text.size(), shifts),
                     check_utf8_length_of_latin1(target, text, shifts.in)});
  });
}
