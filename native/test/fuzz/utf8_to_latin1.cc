// UTF-8 to Latin-1, up to what is none; and text that is all Latin-1.
#include "fuzz.h"

void u8t_test::fuzz(Input& input) {
  const Shifts shifts{shift_of(input), shift_of(input)};
  const Bytes text = text_of(input);
  const Bytes latin1 = reference::to_utf8(reference::from_latin1(text)).units;
  on_every_target([&](u8t::Target target) {
    return first_of({check_utf8_to_latin1(target, text, shifts), check_utf8_to_latin1(target, latin1, shifts)});
  });
}
