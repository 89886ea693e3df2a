// UTF-8 to UTF-16 with errors replaced and left out, and how long it would be.
#include "fuzz.h"

void u8t_test::fuzz(Input& input) {
  const Shifts shifts{shift_of(input), 2 * below(input, 32)};
  const Bytes text = text_of(input);
  on_every_target([&](u8t::Target target) {
    return first_of({check_utf8_to_utf16(target, text, u8t::Malformed::kReplace, shifts),
                     check_utf8_to_utf16(target, text, u8t::Malformed::kIgnore, shifts),
                     check_count_text(target, text, shifts.in)});
  });
}
