// A block: 64 bytes as one, two or four vectors, and bit masks over it (bit i speaks of byte i). And what kernels share:
// constants in memory, memory that can be read whole.
// Included inside a target's namespace and region, behind its vocabulary.

// A constant of a vector, however wide it is.
struct Repeated {
  alignas(64) uint8_t bytes[64];
};
constexpr Repeated repeated(const uint8_t (&values)[16]) {
  Repeated all{};
  for (size_t i = 0; i < 64; i++) all.bytes[i] = values[i % 16];
  return all;
}
constexpr Repeated repeated(uint8_t value) {
  Repeated all{};
  for (uint8_t& byte : all.bytes) byte = value;
  return all;
}
constexpr Repeated repeated_units(uint16_t unit) {
  Repeated all{};
  for (size_t i = 0; i < 64; i++) all.bytes[i] = static_cast<uint8_t>(i % 2 == 0 ? unit : unit >> 8);
  return all;
}
U8T_INLINE Vector load(const Repeated& constant) { return load(constant.bytes); }
// A table of constants of which the compiler does not know what is in it: else it makes each of immediates, by three
// instructions, and in a loop in each round.
template <typename Table>
U8T_INLINE const Table& unknown(const Table* table) {
  asm("" : "+r"(table));
  return *table;
}

constexpr size_t kBlock = 64;
constexpr size_t kVectors = kBlock / sizeof(Vector);

struct Block {
  Vector v[kVectors];
};

// Pinned, because compilers like to make of each use of a vector one more load of it.
U8T_INLINE Block load_block(const uint8_t* p) {
  Block block;
  for (size_t i = 0; i < kVectors; i++) block.v[i] = pinned(load(p + i * sizeof(Vector)));
  return block;
}

U8T_INLINE void store_block(uint8_t* p, const Block& block) {
  for (size_t i = 0; i < kVectors; i++) store(p + i * sizeof(Vector), block.v[i]);
}

// Joins `bits(vector)` of each vector of a block.
template <typename Bits>
U8T_INLINE uint64_t block_bits(const Block& block, Bits bits) {
  uint64_t all = 0;
  for (size_t i = 0; i < kVectors; i++) all |= bits(block.v[i]) << (i * (sizeof(Vector) % kBlock));
  return all;
}

U8T_INLINE bool is_ascii(const Block& block) {
  Vector all = block.v[0];
  for (size_t i = 1; i < kVectors; i++) all = operator_or(all, block.v[i]);
  return bits_high(all) == 0;
}

// No byte is a control byte or above 7F: as int8, all are at least 20h.
U8T_INLINE bool is_plain_ascii(const Block& block) {
  Vector least = block.v[0];
  for (size_t i = 1; i < kVectors; i++) least = signed_minimum(least, block.v[i]);
  return !any_signed_below(least, 0x20);
}

U8T_INLINE uint64_t equal(const Block& block, uint8_t byte) {
  const Vector other = splat(byte);
  return block_bits(block, [&](Vector v) U8T_LAMBDA { return bits_equal(v, other); });
}

// Bytes b with low <= b < low + count, for count > 0.
U8T_INLINE uint64_t in_range(const Block& block, uint8_t low, uint8_t count) {
  const Vector base = splat(low);
  return block_bits(block, [&](Vector v) U8T_LAMBDA { return bits_below(subtract(v, base), count); });
}

U8T_INLINE uint64_t controls(const Block& block) {
  return block_bits(block, [](Vector v) U8T_LAMBDA { return bits_below(v, 0x20); });
}

U8T_INLINE uint64_t not_continuation(const Block& block) {
  return block_bits(block, [](Vector v) U8T_LAMBDA { return bits_not_continuation(v); });
}

// So many bytes at most are checked in a row before errors are looked for.
constexpr size_t kRun = 16 * kBlock;
// Where the last vector of the run that begins at `at` begins, if `last` is where the last one of all does.
U8T_INLINE size_t run_end(size_t at, size_t last) {
  const size_t end = at + kRun - sizeof(Vector);
  return end < last ? end : last;
}

// Loads that cross cache lines cost twice: a long range is taken from the next multiple of a vector's or block's size on.
constexpr size_t kWorthAligning = 16 * kBlock;
U8T_INLINE size_t bytes_to_grid(const uint8_t* p, size_t grid) { return -reinterpret_cast<uintptr_t>(p) % grid; }

// memcpy() of at most `most` bytes, up to two blocks, without the call: two moves of a fixed size that overlap.
template <size_t size>
U8T_INLINE void copy_two(uint8_t* to, const uint8_t* from, size_t bytes) {
  memcpy(to, from, size);
  memcpy(to + bytes - size, from + bytes - size, size);
}
template <size_t most = kBlock>
U8T_INLINE void copy_short(uint8_t* to, const uint8_t* from, size_t bytes) {
  if constexpr (most > 64) {
    if (bytes > 64) return copy_two<64>(to, from, bytes);
  }
  if (bytes >= 32) return copy_two<32>(to, from, bytes);
  if (bytes >= 16) return copy_two<16>(to, from, bytes);
  if (bytes >= 8) return copy_two<8>(to, from, bytes);
  if (bytes >= 4) return copy_two<4>(to, from, bytes);
  for (size_t i = 0; i < bytes; i++) to[i] = from[i];
}

// Up to a block of bytes at p in memory that can be read whole: in front of them the up to three bytes that stand there
// in the range that begins at `begin`, around that spaces. One byte more may be taken behind a whole block.
class Padded {
 public:
  U8T_INLINE Padded(const uint8_t* begin, const uint8_t* p, size_t size) {
    for (size_t i = 0; i < sizeof bytes_; i += sizeof(Vector)) store(bytes_ + i, splat(' '));
    for (size_t i = 1; i <= 3 && i <= static_cast<size_t>(p - begin); i++) bytes_[kBlock - i] = p[-static_cast<ptrdiff_t>(i)];
    copy_short(bytes_ + kBlock, p, size < kBlock ? size : kBlock);
    if (size > kBlock) bytes_[2 * kBlock] = p[kBlock];
  }
  U8T_INLINE const uint8_t* bytes() const { return bytes_ + kBlock; }

 private:
  alignas(64) uint8_t bytes_[3 * kBlock];
};

// A block that ends with `size` bytes, less than kBlock, and begins with spaces: what comes next sees what stood before
// it. A block may be read behind it.
class Head {
 public:
  U8T_INLINE Head(const uint8_t* p, size_t size) {
    for (size_t i = 0; i < sizeof bytes_; i += sizeof(Vector)) store(bytes_ + i, splat(' '));
    copy_short(bytes_ + kBlock - size, p, size);
  }
  U8T_INLINE const uint8_t* bytes() const { return bytes_; }
  U8T_INLINE Block block() const { return load_block(bytes_); }

 private:
  alignas(64) uint8_t bytes_[2 * kBlock];
};

// The check of a block at p, the three bytes in front of which can be read, or of one behind `before`.
template <typename Check>
U8T_INLINE void check_block_at(Check& check, const uint8_t* p, const Block& block) {
  for (size_t i = 0; i < kVectors; i++) check.add_at(p + i * sizeof(Vector), block.v[i]);
}
template <typename Check>
U8T_INLINE void check_block_behind(Check& check, Vector before, const Block& block) {
  for (size_t i = 0; i < kVectors; i++) {
    check.add_behind(before, block.v[i]);
    before = block.v[i];
  }
}

U8T_INLINE unsigned count_bits(uint64_t bits) { return static_cast<unsigned>(__builtin_popcountll(bits)); }
U8T_INLINE unsigned lowest_bit(uint64_t bits) { return static_cast<unsigned>(__builtin_ctzll(bits)); }
U8T_INLINE unsigned highest_bit(uint64_t bits) { return 63 - static_cast<unsigned>(__builtin_clzll(bits)); }
// The lowest n bits, n <= 64.
U8T_INLINE uint64_t low_bits(size_t n) { return n == 64 ? ~uint64_t{0} : (uint64_t{1} << n) - 1; }
