// crc32: any bytes behind any register.
#include "fuzz.h"

void u8t_test::fuzz(Input& input) {
  const size_t shift = shift_of(input);
  const uint32_t before = input.ConsumeIntegral<uint32_t>();
  const Bytes bytes = text_of(input);
  on_every_target([&](u8t::Target target) { return check_crc32(target, bytes, shift, before); });
}
