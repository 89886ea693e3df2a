/**
 * Labels beside points, none over another label or a point. Each point in turn tries the places around it and takes the first
 * that is free; where none is, it goes without.
 */

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** For each point the box of its label, or null. Points are circles of that radius; boxes stay within `frame`. */
export function placeLabels(
  points: readonly Point[],
  radius: number,
  sizes: readonly { readonly width: number; readonly height: number }[],
  frame: Box,
): (Box | null)[] {
  const taken: Box[] = points.map(({ x, y }) => ({
    left: x - radius,
    right: x + radius,
    top: y - radius,
    bottom: y + radius,
  }))
  const boxes: (Box | null)[] = points.map(() => null)
  for (const [i, { x, y }] of points.entries()) {
    const { width, height } = sizes[i]
    for (const [right, down] of PLACES) {
      const centre = { x: x + right * (radius + 1 + width / 2), y: y + down * (radius + height / 2) }
      const box = {
        left: centre.x - width / 2,
        right: centre.x + width / 2,
        top: centre.y - height / 2,
        bottom: centre.y + height / 2,
      }
      if (!within(box, frame) || taken.some((other) => overlap(box, other))) continue
      taken.push(box)
      boxes[i] = box
      break
    }
  }
  return boxes
}

/** Right, left, above, below, and the corners. */
const PLACES = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [0.8, -0.8],
  [0.8, 0.8],
  [-0.8, -0.8],
  [-0.8, 0.8],
] as const

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

function within(inner: Box, outer: Box): boolean {
  return (
    inner.left >= outer.left &&
    inner.right <= outer.right &&
    inner.top >= outer.top &&
    inner.bottom <= outer.bottom
  )
}
