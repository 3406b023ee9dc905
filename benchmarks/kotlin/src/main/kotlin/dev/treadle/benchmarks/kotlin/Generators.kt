package dev.treadle.benchmarks.kotlin

/** A binary tree. */
class Tree(@JvmField val left: Tree?, @JvmField val value: Int, @JvmField val right: Tree?)

/** Generators by `iterator { }` and `sequence { }`. Values are boxed, as in every generic iterator. */
object Generators {
    @JvmStatic
    fun count(n: Int): Iterator<Int> = iterator {
        for (i in 0 until n) yield(i)
    }

    @JvmStatic
    fun evens(n: Int): Iterator<Int> = iterator {
        var i = 0
        while (i < 2 * n) {
            yield(i)
            i += 2
        }
    }

    @JvmStatic
    fun odds(n: Int): Iterator<Int> = iterator {
        var i = 1
        while (i < 2 * n) {
            yield(i)
            i += 2
        }
    }

    /** A chain of delegations, `depth` levels above the one that counts. */
    @JvmStatic
    fun chain(depth: Int, n: Int): Iterator<Int> =
        if (depth == 0) count(n) else iterator { yieldAll(chain(depth - 1, n)) }

    /** The values of a tree in order, each subtree delegated to. */
    @JvmStatic
    fun walk(tree: Tree): Iterator<Int> = iterator {
        tree.left?.let { yieldAll(walk(it)) }
        yield(tree.value)
        tree.right?.let { yieldAll(walk(it)) }
    }

    /** Iterates without suspending the consumer, which is what `forEach` on a sequence amounts to. */
    @JvmStatic
    fun sumOfSequence(n: Int): Long {
        var sum = 0L
        sequence { for (i in 0 until n) yield(i) }.forEach { sum += it }
        return sum
    }
}
