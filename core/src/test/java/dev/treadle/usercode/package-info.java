/// Code outside the packages that count as machinery in stack traces.
package dev.treadle.usercode;
