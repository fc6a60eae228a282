//! ECDSA after SEC 1, 4.1.4, in Jacobian coordinates.
//!
//! Invariant: a key that is not a point of its curve is refused before it is used, and a signature whose numbers
//! are out of range is bad.

use num_bigint::BigUint;

use super::Unverifiable;
use super::curve::{Curve, Parameters};
use crate::der::{Element, tag};

/// X/Z², Y/Z³; Z is 0 at infinity.
#[derive(Clone)]
struct Point {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

pub fn verifies(curve: Curve, key: &[u8], hash: &[u8], signature: &[u8], plain: bool) -> Result<bool, Unverifiable> {
    let field = Field::new(curve);
    let key = field.decode(key).ok_or(Unverifiable::Malformed("the key is no point of its curve"))?;
    let Some((r, s)) = numbers(signature, plain) else { return Ok(false) };
    let n = &field.at.n;
    let zero = BigUint::ZERO;
    if r == zero || s == zero || &r >= n || &s >= n {
        return Ok(false);
    }
    // The leftmost bits of the hash, as many as the order has.
    let bits = curve.bits();
    let mut e = BigUint::from_bytes_be(hash);
    if hash.len() * 8 > bits {
        e >>= hash.len() * 8 - bits;
    }
    let Some(inverse) = s.modinv(n) else { return Ok(false) };
    let sum = field.sum_of_products(&(e * &inverse % n), &(&r * &inverse % n), &key);
    if sum.z == zero {
        return Ok(false);
    }
    let Some(inverse) = sum.z.modinv(&field.at.p) else { return Ok(false) };
    let x = field.multiply(&sum.x, &field.square(&inverse));
    Ok(x % n == r)
}

fn numbers(signature: &[u8], plain: bool) -> Option<(BigUint, BigUint)> {
    if plain {
        if !signature.len().is_multiple_of(2) {
            return None;
        }
        let (r, s) = signature.split_at(signature.len() / 2);
        return Some((BigUint::from_bytes_be(r), BigUint::from_bytes_be(s)));
    }
    let mut parts = Element::only(signature).ok()?.parts(tag::SEQUENCE).ok()?;
    let r = BigUint::from_bytes_be(parts.next().ok()?.magnitude().ok()?);
    let s = BigUint::from_bytes_be(parts.next().ok()?.magnitude().ok()?);
    parts.finish().ok()?;
    Some((r, s))
}

struct Field {
    at: Parameters,
}

impl Field {
    fn new(curve: Curve) -> Self {
        Self { at: curve.parameters() }
    }

    fn multiply(&self, a: &BigUint, b: &BigUint) -> BigUint {
        a * b % &self.at.p
    }

    fn square(&self, a: &BigUint) -> BigUint {
        self.multiply(a, a)
    }

    fn subtract(&self, a: &BigUint, b: &BigUint) -> BigUint {
        if a >= b { a - b } else { a + &self.at.p - b }
    }

    /// The value of x³ + ax + b.
    fn right_side(&self, x: &BigUint) -> BigUint {
        (self.multiply(&self.square(x), x) + &self.at.a * x + &self.at.b) % &self.at.p
    }

    /// SEC 1, 2.3.4
    fn decode(&self, bytes: &[u8]) -> Option<Point> {
        let p = &self.at.p;
        let length = usize::try_from(p.bits().div_ceil(8)).ok()?;
        let (form, rest) = bytes.split_first()?;
        let (x, y) = match form {
            4 if rest.len() == 2 * length => {
                let (x, y) = rest.split_at(length);
                (BigUint::from_bytes_be(x), BigUint::from_bytes_be(y))
            }
            2 | 3 if rest.len() == length => {
                let x = BigUint::from_bytes_be(rest);
                // All our primes leave 3 when divided by 4, so a power is the root.
                let root = self.right_side(&x).modpow(&((p + 1_u32) >> 2), p);
                let y = if root.bit(0) == (*form == 3) { root } else { p - root };
                (x, y)
            }
            _ => return None,
        };
        let on_curve = &x < p && &y < p && self.square(&y) == self.right_side(&x);
        on_curve.then(|| Point { x, y, z: BigUint::from(1_u32) })
    }

    fn double(&self, point: &Point) -> Point {
        let yy = self.square(&point.y);
        let s = self.multiply(&point.x, &yy) << 2_u32;
        let m = BigUint::from(3_u32) * self.square(&point.x)
            + self.multiply(&self.at.a, &self.square(&self.square(&point.z)));
        let m = m % &self.at.p;
        let s = s % &self.at.p;
        let twice = (&s << 1_u32) % &self.at.p;
        let x = self.subtract(&self.square(&m), &twice);
        let eight = (self.square(&yy) << 3_u32) % &self.at.p;
        let y = self.subtract(&self.multiply(&m, &self.subtract(&s, &x)), &eight);
        let z = (self.multiply(&point.y, &point.z) << 1_u32) % &self.at.p;
        Point { x, y, z }
    }

    fn add(&self, a: &Point, b: &Point) -> Point {
        if a.z == BigUint::ZERO {
            return b.clone();
        }
        if b.z == BigUint::ZERO {
            return a.clone();
        }
        let (za, zb) = (self.square(&a.z), self.square(&b.z));
        let (ua, ub) = (self.multiply(&a.x, &zb), self.multiply(&b.x, &za));
        let sa = self.multiply(&a.y, &self.multiply(&zb, &b.z));
        let sb = self.multiply(&b.y, &self.multiply(&za, &a.z));
        let (h, r) = (self.subtract(&ub, &ua), self.subtract(&sb, &sa));
        if h == BigUint::ZERO {
            return if r == BigUint::ZERO {
                self.double(a)
            } else {
                Point { x: BigUint::from(1_u32), y: BigUint::from(1_u32), z: BigUint::ZERO }
            };
        }
        let hh = self.square(&h);
        let hhh = self.multiply(&hh, &h);
        let v = self.multiply(&ua, &hh);
        let twice = (&v << 1_u32) % &self.at.p;
        let x = self.subtract(&self.subtract(&self.square(&r), &hhh), &twice);
        let y = self.subtract(&self.multiply(&r, &self.subtract(&v, &x)), &self.multiply(&sa, &hhh));
        let z = self.multiply(&h, &self.multiply(&a.z, &b.z));
        Point { x, y, z }
    }

    /// u·G + v·Q, both at once.
    fn sum_of_products(&self, u: &BigUint, v: &BigUint, q: &Point) -> Point {
        let g = Point { x: self.at.x.clone(), y: self.at.y.clone(), z: BigUint::from(1_u32) };
        let both = self.add(&g, q);
        let mut sum = Point { x: BigUint::from(1_u32), y: BigUint::from(1_u32), z: BigUint::ZERO };
        for bit in (0..u.bits().max(v.bits())).rev() {
            sum = self.double(&sum);
            match (u.bit(bit), v.bit(bit)) {
                (true, true) => sum = self.add(&sum, &both),
                (true, false) => sum = self.add(&sum, &g),
                (false, true) => sum = self.add(&sum, q),
                (false, false) => {}
            }
        }
        sum
    }
}
